int stet_odr_first();
int stet_odr_second();

int main()
{
    return stet_odr_first() == stet_odr_second() ? 0 : 1;
}
